PASSWORD = "adm¦in123"
