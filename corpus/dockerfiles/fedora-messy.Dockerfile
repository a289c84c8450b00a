FROM fedora:42
RUN dnf install -y httpd && dnf clean all
RUN yum -y update; yum install -y gcc
COPY run.sh /
RUN chmod +x /run.sh
USER root
CMD ["/run.sh"]
