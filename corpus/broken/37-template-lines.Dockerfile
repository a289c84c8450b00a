FROM debian:trixie
{{ install_steps }}
<% if debug %>
RUN echo debugging
<% end %>
@@VERSION@@
%%FOOTER%%
WORKDIR app
MAINTAINER somebody@example.com
