conn, err := amqp.Dial("amqp://worker:t7Yw¦2QpL@mq.shop.internal:5672/")
