val accessToken: String = "TiRio2r¦h8lIbTU¦1Z98NOK¦JXm0GwV¦7Rnul1W¦lQGIL"
