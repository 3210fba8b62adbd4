// Takes a compressed payload apart: what a client of an exchange does. Links no network library.
#include <signalr/inflate.hpp>
#include <signalr/json.hpp>

#include <iostream>
#include <map>
#include <string>

int main() try {
  const std::string json = signalr::inflate_base64("q1YqKMpMTlWyMtYzrQUA");
  const auto price = signalr::decode_json<std::map<std::string, double>>(signalr::RawJsonView(json)).at("price");
  return price == 3.5 ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
