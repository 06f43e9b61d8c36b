curl -u admin:Vz8k¦Pq3L¦mT https://ops.shop.internal/run
