provider "aws" {
  access_key = "AKIA¦OC7E¦OGDV¦BZ5P¦M7MP"
  secret_key = "zqhniCo¦qtbp6Tu¦wFM0KoQ¦PqYp1oL¦fDYkHLi¦b3OPx"
}
