client = boto3.client('s3', aws_access_key_id='ASIA¦QH3P¦VKSQ¦VZL3¦TNBZ')
