var clientSecret = "tA8oUgx¦urD5nHB¦9AAE4Mt¦IuLKUh0¦CCOIXDR¦0J8Bt";
