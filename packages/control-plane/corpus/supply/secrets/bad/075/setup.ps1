$Password = "Wint¦er20¦26!x"
