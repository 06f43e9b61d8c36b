# escape=`
FROM mcr.microsoft.com/dotnet/aspnet:9.0.0-nanoserver-ltsc2022
WORKDIR C:\app
COPY bin\Release\ .\
USER ContainerUser
ENTRYPOINT ["dotnet", "Api.dll"]
