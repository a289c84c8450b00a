# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["powershell", "-Command", "$ErrorActionPreference = 'Stop';"]
WORKDIR C:\app
COPY . C:\app\
RUN New-Item -ItemType Directory C:\logs; `
    # where the service writes
    Write-Output 'ready' | Out-File C:\logs\state.txt; `
    Get-ChildItem C:\app
ENV PATH="C:\tools;C:\Windows" DATA=C:\data
ENTRYPOINT ["C:\\app\\service.exe"]
