// zlib deflates, OpenSSL encodes.
#include "compressed.hpp"

#include <openssl/evp.h>
#include <zlib.h>
#include <stdexcept>

namespace signalr::test {

std::string deflate_base64(std::string_view text) {
  z_stream stream{};
  constexpr int kRaw = -MAX_WBITS;
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kRaw, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("deflate can't be set up");
  }
  std::string deflated(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(deflated.data());
  stream.avail_out = static_cast<uInt>(deflated.size());
  const int status = deflate(&stream, Z_FINISH);
  const std::size_t size = stream.total_out;
  deflateEnd(&stream);
  if (status != Z_STREAM_END) throw std::runtime_error("deflate didn't come to an end");

  std::string encoded((size + 2) / 3 * 4 + 1, '\0');  // and the zero that OpenSSL adds
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()), reinterpret_cast<unsigned char*>(deflated.data()),
                  static_cast<int>(size));
  encoded.pop_back();
  return encoded;
}

}  // namespace signalr::test
