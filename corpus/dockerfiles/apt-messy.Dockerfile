FROM debian:latest
MAINTAINER ops@example.com
RUN apt-get update
RUN apt-get upgrade -y
RUN apt-get install curl git build-essential python3-pip vim
RUN sudo chown -R www-data /var/www
RUN cd /opt && wget http://example.com/tool.tar.gz && tar xzf tool.tar.gz && rm tool.tar.gz
RUN cd /opt/tool && ./configure && make && make install
ADD . /var/www
ADD ./conf/app.conf /etc/app/
WORKDIR var/www
ENV DB_PASSWORD=hunter2
ENV PATH $PATH:/opt/tool/bin
EXPOSE 80 22
RUN rm -rf /opt/tool
CMD service cron start && /usr/sbin/apache2ctl -D FOREGROUND
