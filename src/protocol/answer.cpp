#include "protocol/answer.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <charconv>

#include "base/date.h"
#include "protocol/wire_value.h"

namespace fenming {
namespace {

constexpr std::size_t message_characters_max = 200, line_id_characters_max = 30;

// yyyyMMddHHmmssSSS, civil.
std::string compact(Instant instant) {
  const Date day = civil_day(instant);
  const CivilDay date = civil(day);
  const std::int64_t ms = instant.ms - day_begin(day).ms;
  return fmt::format(FMT_COMPILE("{:04}{:02}{:02}{:02}{:02}{:02}{:03}"), date.year, date.month, date.day,
                     ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

// The first `count` characters of UTF-8.
std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80U && count-- == 0) break;
  return text.substr(0, at);
}

// Which row of the message, where it has several: by the line's own number when it was uploaded before, else counted from 1.
std::string row_of(const Error& error, Language language) {
  if (const std::string_view line = line_named(error); !line.empty())
    return fmt::format(fmt::runtime(language == Language::zh ? "（feedetl_sn {}）" : " (feedetl_sn {})"),
                       first_characters(line, line_id_characters_max));
  const std::string_view place = error.place;
  for (std::size_t at = place.find('/'); at != std::string_view::npos; at = place.find('/', at + 1)) {
    std::size_t row = 0;
    const char* const begin = place.data() + at + 1;
    const auto read = std::from_chars(begin, place.data() + place.size(), row);
    if (read.ec != std::errc() || (read.ptr != place.data() + place.size() && *read.ptr != '/')) continue;
    return fmt::format(fmt::runtime(language == Language::zh ? "（第{}行）" : " (row {})"), row + 1);
  }
  return {};
}

// "[WIR-006] sentence (row)", as many as fit; the others are counted.
std::string message(std::span<const Error> errors, Language language) {
  std::string text;
  std::size_t told = 0;
  const auto more = [&](std::size_t left) {
    if (left == 0) return std::string();
    return fmt::format(fmt::runtime(language == Language::zh ? " 另有{}处" : " {} more"), left);
  };
  for (const Error& error : errors) {
    const std::string one = fmt::format("{}[{}] {}{}", told == 0 ? "" : "；", tag(error.code),
                                        sentence(error, language), row_of(error, language));
    const std::string rest = more(errors.size() - told - 1);
    const std::size_t size = character_count(text) + character_count(one) + character_count(rest);
    if (told == 0 && size > message_characters_max) {
      text = std::string(first_characters(one, message_characters_max - character_count(rest) - 1)) + "…";
      told = 1;
      break;
    }
    if (size > message_characters_max) break;
    text += one;
    ++told;
  }
  return text + more(errors.size() - told);
}

std::string envelope(const AnswerHead& head, int infcode, std::string_view err_msg, std::string_view output) {
  constexpr std::size_t head_bytes = 400;
  JsonOut out(0, head_bytes + err_msg.size() + output.size());
  out.open_object().field("infcode", infcode).field("inf_refmsgid", refmsgid(head));
  out.field("refmsg_time", compact(head.received)).field("respond_time", compact(head.answered));
  out.members(R"("enctype":"","signtype":"","cainfo":"")").field("err_msg", err_msg).field("warn_msg", "");
  out.key("output").raw(output.empty() ? "null" : output).close_object();
  return out.take();
}

}  // namespace

std::string refmsgid(const AnswerHead& head) {
  const std::string time = compact(head.answered);
  return fmt::format(FMT_COMPILE("{}{}{:010}"), head.region, std::string_view(time).substr(0, 14),
                     head.serial % 10'000'000'000U);
}

std::string answer_text(const AnswerHead& head, std::string_view output) {
  return envelope(head, 0, "", output);
}

std::string refusal_text(const AnswerHead& head, std::span<const Error> errors, Language language) {
  return envelope(head, -1, message(errors, language), "");
}

}  // namespace fenming
