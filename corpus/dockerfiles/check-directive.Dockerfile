# check=skip=MaintainerDeprecated,StageNameCasing;error=true
FROM debian:trixie AS Build
MAINTAINER someone
