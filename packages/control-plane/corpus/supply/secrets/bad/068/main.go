const apiToken = "4xKl¦6qOi¦XkDo¦a9Qu¦RrqU¦Xqd1¦YihO¦uHFG¦LFBs"
