import { Module } from "@nestjs/common";
import { ConfigModule } from "@nestjs/config";
import Joi from "joi";

@Module({
  imports: [ConfigModule.forRoot({ validationSchema: Joi.object({ DATABASE_URL: Joi.string().uri().required() }) })],
})
export class AppModule {}
