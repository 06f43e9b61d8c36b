fetch('https://hooks.slack.com/ser¦vices/TUF3¦XJ27¦8N/BB2X¦75JY¦PI2/le45¦bsPd¦0n4H¦22Vr¦bMQp¦ihvb');
