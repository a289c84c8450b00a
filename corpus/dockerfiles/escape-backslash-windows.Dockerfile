FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
COPY app.exe /app/
RUN cmd /S /C dir C:\\app & echo %PATH%
CMD ["C:\\app\\app.exe"]
