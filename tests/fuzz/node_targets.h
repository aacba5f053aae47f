// NodeTargets: what the fuzzers of the node's door do with bytes: headers of a request, the configuration. Shared with the replay of their
// seeds (tests/replay).
#pragma once

#include <map>
#include <string>

#include "fuzz/promise.h"
#include "identity/gateway.h"
#include "protocol/charset.h"
#include "server/config.h"
#include "server/paths.h"

namespace fenming::fuzz {

// Lines "name: value", as a request has them. No headers but those that were made with the secret are let in, and those only once.
inline void headers(std::string_view text) {
  std::map<std::string, std::string, std::less<>> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) lines.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  const auto header = [&](std::string_view name) {
    const auto found = lines.find(name);
    return found == lines.end() ? std::string_view() : std::string_view(found->second);
  };
  static_cast<void>(charset_of(header("Content-Type")));
  if (const auto path = message_path_of(header("path")))
    promise(path->infno.empty() || find_transaction(path->infno) != nullptr, "a path names a transaction");
  const SignedHeaders found = signed_headers(header);
  const Instant now{1'700'000'000'000};
  for (const SignVariant variant : {SignVariant::none, SignVariant::tif, SignVariant::csb}) {
    Nonces nonces(16);
    const Credential credential{"ak", "sk", "H", variant};
    promise(check_signature(found, nullptr, nonces, now).has_value(), "nobody is let in without a contract");
    const auto fault = check_signature(found, &credential, nonces, now);
    if (fault) continue;
    const std::string right =
        variant == SignVariant::tif ? sign_tif("sk", found.timestamp, found.nonce) : sign_csb("sk", found);
    promise(variant != SignVariant::none && right.size() == found.signature.size(),
            "who is let in has signed");
    if (variant == SignVariant::tif)
      promise(check_signature(found, &credential, nonces, now) == SignFault::replayed,
              "a nonce is good once");
  }
}

// A configuration is complete or refused with reasons.
inline void config(std::string_view text) {
  const auto read = read_config(text, "fuzz.toml");
  if (!read) {
    promise(!read.error().empty(), "a refusal gives a reason");
    for (const Error& error : read.error())
      promise(!to_text(error, Language::zh).empty() && !to_text(error, Language::en).empty(),
              "an error has a text");
    return;
  }
  promise(read->words.region.size() == 6 && !read->store.empty() && !read->keys.empty(),
          "what is read is complete");
  promise(read->certificate.empty() == read->key.empty(), "a certificate has its key");
  promise(read->client_authority.empty() || !read->certificate.empty(), "clients' certificates need TLS");
  promise(read->http.body_max <= read->http.bodies_max, "one body fits");
  for (const ProviderContract& one : read->providers)
    promise(one.credential.variant == SignVariant::none || !one.credential.secret.empty(),
            "who signs has a secret");
}

}  // namespace fenming::fuzz
