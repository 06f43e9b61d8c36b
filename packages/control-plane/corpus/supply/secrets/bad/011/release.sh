export GITHUB_TOKEN=ghp_ihY¦6Rzq4dq¦DNMRmKs¦LnnTzX3¦Ck8NKb6¦vrlET
gh release create
