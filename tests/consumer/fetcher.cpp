// Makes an HTTP client, and has nothing of the other adapters: what signalr::curl links has to be enough.
#include <signalr/curl/http_client.hpp>

#include <iostream>

int main() try { return signalr::make_curl_http_client() == nullptr ? 1 : 0; } catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
