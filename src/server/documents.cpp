#include "server/documents.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <unordered_map>

#include "protocol/json.h"
#include "registry/status.h"
#include "server/node.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

constexpr std::size_t documents_max = 20'000, documents_bytes_max = 32 << 20;  // opened for one query
constexpr auto views_wait_max = std::chrono::seconds(2);

void write_fields(JsonOut& json, const WireRow& row) {
  const auto fields = row.node()->fields;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (const std::string_view value = row.value(i); !value.empty()) json.field(fields[i].name, value);
}

void write_rows(JsonOut& json, std::span<const WireNode> nodes, std::size_t index,
                const std::vector<WireRow>& rows);

void write_children(JsonOut& json, std::span<const WireNode> nodes, std::size_t parent, const WireRow& row) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].parent != parent) continue;
    const std::vector<WireRow> rows = row.rows(nodes[i].key);
    if (!rows.empty()) write_rows(json, nodes, i, rows);
  }
}

void write_rows(JsonOut& json, std::span<const WireNode> nodes, std::size_t index,
                const std::vector<WireRow>& rows) {
  const WireNode& node = nodes[index];
  const bool array = node.repeated || rows.size() > 1;
  json.key(node.key);
  if (array) json.open_array();
  for (const WireRow& row : rows) {
    json.open_object();
    write_fields(json, row);
    write_children(json, nodes, index, row);
    json.close_object();
  }
  if (array) json.close_array();
}

void read_object(const Json& object, const std::string& node, std::size_t parent, std::vector<KeptRow>& rows);

void read_member(const Json& member, const std::string& node, std::size_t parent,
                 std::vector<KeptRow>& rows) {
  if (member.kind() == Json::Kind::object) return read_object(member, node, parent, rows);
  for (auto one = member.first(); one; one = one->next())
    if (one->kind() == Json::Kind::object) read_object(*one, node, parent, rows);
}

void read_object(const Json& object, const std::string& node, std::size_t parent,
                 std::vector<KeptRow>& rows) {
  const std::size_t own = rows.size();
  rows.push_back({node, {}, parent});
  for (auto one = object.first(); one; one = one->next()) {
    const bool nested = one->kind() == Json::Kind::object || one->kind() == Json::Kind::array;
    if (nested)
      read_member(*one, node.empty() ? std::string(one->key()) : node + "." + std::string(one->key()), own,
                  rows);
    else
      rows[own].fields.emplace_back(one->key(), one->text());
  }
}

Result<KeptDocument> opened(Node& node, std::uint64_t position) {
  const auto record = node.desk().record(position);
  if (!record) return std::unexpected(record.error());
  const Decision& decision = **record;
  const auto* kept = std::get_if<KeepDocument>(&decision.command.action);
  if (kept == nullptr) return std::unexpected(Error{Code::store_damaged, "", std::to_string(position), {}});
  const MessageKey& key = decision.command.key;
  KeptDocument document{position,
                        decision.time,
                        key.infno,
                        key.msgid,
                        kept->kind,
                        kept->subject,
                        kept->psn_no,
                        key.provider,
                        kept->withdraw,
                        false,
                        std::string(),
                        {},
                        {}};
  auto input = node.vault().unseal(seal_owner(key.provider, kept->psn_no), kept->sealed);
  document.erased = !input;
  document.read(input ? std::move(*input) : "{}");
  return document;
}

}  // namespace

std::string_view KeptRow::own(std::string_view field) const {
  const auto found = std::ranges::find(fields, field, &std::pair<std::string, std::string>::first);
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view KeptDocument::text(const KeptRow& row, std::string_view field) const {
  const std::string_view here = row.own(field);
  if (!here.empty()) return here;
  if (row.parent != SIZE_MAX) return text(rows[row.parent], field);
  for (const std::size_t single : singles)
    if (const std::string_view value = rows[single].own(field); !value.empty()) return value;
  return {};
}

void KeptDocument::read(std::string input) {
  json = std::move(input);
  rows = rows_of_json(json);
  std::unordered_map<std::string_view, std::size_t> counts;
  for (const KeptRow& row : rows) ++counts[row.node];
  singles.clear();
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].parent == SIZE_MAX && counts[rows[i].node] == 1) singles.push_back(i);
}

std::string input_json(const Request& request) {
  const std::span<const WireNode> nodes = request.transaction().input;
  JsonOut json;
  json.open_object();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].parent != WireNode::nobody || !nodes[i].in_json()) continue;
    const std::vector<WireRow> rows = request.rows(nodes[i].name);
    if (rows.empty()) continue;
    if (nodes[i].name.empty()) {
      write_fields(json, rows.front());
      write_children(json, nodes, i, rows.front());
    } else {
      write_rows(json, nodes, i, rows);
    }
  }
  return json.close_object().take();
}

std::vector<KeptRow> rows_of_json(std::string_view json) {
  std::vector<KeptRow> rows;
  JsonReader reader;
  const auto root = reader.read(json, {json.size() + 1, 32});
  if (!root || root->kind() != Json::Kind::object) return rows;
  read_object(*root, "", SIZE_MAX, rows);
  for (KeptRow& row : rows)
    if (row.parent == 0) row.parent = rows.front().fields.empty() ? SIZE_MAX : 0;
  return rows;
}

std::string_view seal_owner(std::string_view provider, std::string_view psn_no) {
  return psn_no.empty() ? provider : psn_no;
}

void keep_input(const CallPtr& call, KeepDocument document, Call::Render render) {
  const Vault& vault = call->node().vault();
  const std::string input = input_json(call->request());
  document.sealed = document.psn_no.empty() ? vault.seal_same_of_provider(call->provider(), input)
                                            : vault.seal_same(document.psn_no, input);
  call->submit(std::move(document), std::move(render));
}

std::string subject_of_rows(std::string_view first, std::size_t rows) {
  return rows < 2 ? std::string(first) : std::string(first) + " +" + std::to_string(rows - 1);
}

bool about_subject(std::string_view subject, std::string_view wanted) {
  return subject.starts_with(wanted) &&
         (subject.size() == wanted.size() || subject.substr(wanted.size()).starts_with(" +"));
}

Result<std::vector<KeptDocument>> documents_of(Node& node, std::string_view provider, std::string_view family,
                                               std::string_view wanted) {
  if (auto behind = wait_for_views(node); !behind) return std::unexpected(behind.error());
  std::vector<std::uint64_t> positions;
  const std::array<ViewCell, 2> from{family, provider};
  const auto read = node.desk().store().rows(ViewTable::document, from, [&](std::span<const ViewCell> row) {
    if (std::get<std::string_view>(row[0]) != family || std::get<std::string_view>(row[1]) != provider)
      return false;
    const auto subject = std::get<std::string_view>(row[2]);
    // Rows of a message of several may be about any subject.
    if (wanted.empty() || subject == wanted || subject.find(" +") != std::string_view::npos)
      positions.push_back(static_cast<std::uint64_t>(std::get<std::int64_t>(row[3])));
    return true;
  });
  if (!read) return std::unexpected(read.error());
  std::ranges::sort(positions);
  if (positions.size() > documents_max) positions.erase(positions.begin(), positions.end() - documents_max);
  std::vector<KeptDocument> documents;
  std::size_t bytes = 0;
  for (auto position = positions.rbegin(); position != positions.rend() && bytes < documents_bytes_max;
       ++position) {
    auto document = opened(node, *position);
    if (!document) return std::unexpected(document.error());
    bytes += document->json.size();
    documents.push_back(std::move(*document));
  }
  std::ranges::reverse(documents);
  return documents;
}

Result<std::vector<KeptDocument>> documents_about(Node& node, std::string_view psn_no,
                                                  std::string_view family) {
  std::vector<KeptDocument> documents;
  std::optional<Error> failure;
  const auto walked = walk_person(node, psn_no, [&](std::uint64_t position, const Decision& decision) {
    const auto* kept = std::get_if<KeepDocument>(&decision.command.action);
    if (kept == nullptr || kept->kind != family) return true;
    auto document = opened(node, position);
    if (document)
      documents.push_back(std::move(*document));
    else
      failure = document.error();
    return document.has_value();
  });
  if (!walked) return std::unexpected(walked.error());
  if (failure) return std::unexpected(*failure);
  std::ranges::reverse(documents);
  return documents;
}

Result<void> wait_for_views(Node& node) {
  const auto head = node.desk().store().head();
  if (!head) return std::unexpected(head.error());
  const auto until = std::chrono::steady_clock::now() + views_wait_max;
  while (true) {
    const auto watermark = node.desk().store().watermark();
    if (!watermark) return std::unexpected(watermark.error());
    if (*watermark >= head->position) return {};
    if (std::chrono::steady_clock::now() >= until)
      return std::unexpected(
          Error{Code::store_views_behind, "", std::to_string(*watermark), {std::to_string(head->position)}});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Result<Object> known_person(const Call& call, std::string_view psn_no, const std::string& place) {
  auto object = call.node().desk().object(person_object(psn_no));
  if (!object) return object;
  if (!registered(*object))
    return std::unexpected(Error{Code::desk_person_unknown, place, std::string(psn_no), {}});
  call.accessed(psn_no);
  return object;
}

}  // namespace fenming
