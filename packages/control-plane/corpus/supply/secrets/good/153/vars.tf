variable "secret_name" {
  default = "prod-shop-db-credentials-2024"
}
variable "token_ttl" {
  default = "3600s"
}
