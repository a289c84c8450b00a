# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS build
SHELL ["cmd", "/S", "/C"]
RUN if not exist C:\build mkdir C:\build && echo done > C:\build\log.txt
COPY C:\build\log.txt C:\logs\
USER ContainerAdministrator
RUN powershell -NoProfile -Command "Get-Date; ` 
    Write-Host 'x'"
