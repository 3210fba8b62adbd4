#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../support/cost.hpp"
#include "protocol/secrets.hpp"

using signalr::detail::protocol::Secrets;
using signalr::test::cost_ratio;

TEST_CASE("P#135 what a text repeats of secrets and queries is blotted, cut off or not") {
  const std::string token = std::string(100, 't') + "end";
  const Secrets secrets({"secret", token, "short"});
  CHECK(secrets.hidden_in("a secret, secretsecret, short") == "a ***, ******, short");
  CHECK(secrets.hidden_in("<" + token + "> " + token.substr(0, 70) + " and " + token.substr(0, 6)) ==
        "<***> *** and ***");
  CHECK(secrets.hidden_in("/a?b=c /d?e?f \"/g?h?i=j\"?") == "/a?*** /d?e?f \"/g?***\"?");
  CHECK(secrets.hidden_in("").empty());
  CHECK(Secrets({}).hidden_in("nothing to hide") == "nothing to hide");
}

TEST_CASE("P#135 a secret is found in each form that it travels in") {
  const Secrets secrets({"a+b/c=", "d%2Fe+fg"});
  CHECK(secrets.hidden_in("a+b/c= a%2Bb%2Fc%3D d%2Fe+fg d/e fg d%252Fe%2Bfg") == "*** *** *** *** ***");
}

TEST_CASE("P#135 secrets that begin alike are told apart") {
  const std::string beginning(40, 'e');
  const Secrets secrets({"secret", "secretary", "secrets of the house", beginning + "one", beginning + "two"});
  CHECK(secrets.hidden_in("secret.secretary.secrets of the house.secretx") == "***.***.***.***x");
  CHECK(secrets.hidden_in(beginning + "one " + beginning + "two " + beginning + "six.") ==
        "*** *** " + beginning + "six.");
}

TEST_CASE("P#135 P#126 a text that is made to be hard to search is searched at once") {
  constexpr std::size_t kSize = 256 * 1024;
  CHECK(Secrets({}).hidden_in(std::string(kSize, '?')).size() == kSize);
  std::string repeated;
  while (repeated.size() < kSize) repeated += "secret";
  CHECK(Secrets({"secret"}).hidden_in(repeated).size() == repeated.size() / 2);
  const std::string almost = std::string(kSize / 2 - 1, 'a') + "b";
  CHECK(Secrets({std::string(kSize / 2, 'a')}).hidden_in(almost + almost) == "***b***b");
}

// 150 of them, which is what a server can make us look for, took 150 times as long as one.
TEST_CASE("P#135 P#126 many secrets that begin alike are found in one pass") {
  const std::string beginning(60, 'e');
  std::vector<std::string> many;
  for (int i = 0; i < 1000; ++i) many.push_back(beginning + std::to_string(100'000 + i));
  const Secrets one({many.front()});
  const Secrets all(many);
  const std::string text(64 * 1024, 'e');
  std::string hidden;
  const double ratio = cost_ratio([&] { hidden = one.hidden_in(text); }, [&] { hidden = all.hidden_in(text); });
  CHECK(hidden == text.substr(0, text.size() - 60) + "***");
  CHECK(ratio < 40);
}
