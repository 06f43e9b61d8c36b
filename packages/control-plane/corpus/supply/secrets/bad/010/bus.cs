var cs = "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;Shared¦AccessKey=GWFp38b¦4XPiSvV¦dqeDTOV¦cNGBGXk¦HbTVgx8¦cInTXxK¦z=";
