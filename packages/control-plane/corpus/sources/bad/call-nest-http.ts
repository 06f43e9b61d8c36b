import { HttpService } from "@nestjs/axios";
import { Injectable } from "@nestjs/common";
import { firstValueFrom } from "rxjs";

@Injectable()
export class AddressService {
  constructor(private readonly http: HttpService) {}

  async lookup(zip: string) {
    const { data } = await firstValueFrom(this.http.get(`https://zip.example.jp/api?zipcode=${zip}`));
    return data.results;
  }
}
