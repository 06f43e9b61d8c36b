resource "aws_secretsmanager_secret" "db" {
  name = "prod/db/password"
}
variable "db_password" {
  type      = string
  sensitive = true
}
password = var.db_password
master_password = data.aws_secretsmanager_secret_version.db.secret_string
secret_arn = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:prod/db-Ab12Cd"
