#include "policy/linear.h"

#include <bit>

namespace fenming {
namespace {

constexpr std::int64_t far_away = 4'000'000'000'000;

int bits(Wide value) {
  __extension__ using Size = unsigned __int128;
  const auto size = static_cast<Size>(value < 0 ? -value : value);
  const auto high = static_cast<std::uint64_t>(size >> 64), low = static_cast<std::uint64_t>(size);
  return static_cast<int>(high != 0 ? 64 + std::bit_width(high) : std::bit_width(low));
}

}  // namespace

Ray Linear::given(Given kind, std::uint32_t first, std::uint32_t second, std::int64_t value) const {
  Ray v{value * fixed_point, 0};
  if (kind != variable_.kind || first != variable_.first) return v;
  if (second == variable_.second) v.slope = fixed_point;
  // A line without quantity has its amount as price, in millionths of a yuan.
  if (kind == Given::line && variable_.second == 0 && second == 2) v.slope = 10'000 * fixed_point;
  return v;
}

// The whole number below; what is nearer to the next one than the fixed point can tell is that one.
std::int64_t Linear::raw(Ray v) const {
  constexpr Wide blur = fixed_point / 10'000;
  const Wide shifted = v.at + blur;
  Wide whole = shifted / fixed_point;
  if (shifted < 0 && whole * fixed_point != shifted) --whole;
  return static_cast<std::int64_t>(whole);
}

bool Linear::truth(Ray v) {
  if (v.slope != 0) meet(v, {}, false);
  return v.at != 0 || v.slope != 0;
}

Ray Linear::times(Ray v, Wide factor) {
  if (bits(v.at) + bits(factor) > 126 || bits(v.slope) + bits(factor) > 126) {
    exact_ = false;
    return {};
  }
  return {v.at * factor, v.slope * factor};
}

Ray Linear::mul(Ray a, Ray b, Meta) {
  if (a.slope == 0) std::swap(a, b);
  if (b.slope != 0) exact_ = false;  // x times x: the value here is right, the slope is left out
  if (b.at % fixed_point == 0) return times(a, b.at / fixed_point);
  if (a.at % fixed_point == 0 && a.slope == 0) return times(b, a.at / fixed_point);
  return over(times(a, b.at), fixed_point);
}

Ray Linear::divided(Ray top, Ray bottom) {
  if (bottom.slope != 0) exact_ = false;
  if (bottom.at == 0) {
    exact_ = false;
    return {};
  }
  const Ray scaled = times(top, fixed_point);
  return {scaled.at / bottom.at, scaled.slope / bottom.at};
}

Ray Linear::quotient(Ray a, Ray b, Ray, int places, Rounding, Meta) {
  if (places >= 0)
    a = times(a, power_of_ten(places));
  else
    b = times(b, power_of_ten(-places));
  return divided(a, b);
}

Ray Linear::least(Ray, Ray before, Ray rest, Ray ratio, Rounding) {
  if (ratio.at == 0) return before;
  return add(before, divided(rest, ratio), {});
}

Ray Linear::compare(Op op, Ray a, Ray b) {
  bool yes = false;
  switch (op) {
    case Op::lt: yes = below(a, b); break;
    case Op::le: yes = !below(b, a); break;
    case Op::gt: yes = below(b, a); break;
    case Op::ge: yes = !below(a, b); break;
    case Op::eq:
    case Op::ne:
      meet(a, b, true);
      yes = (a.at == b.at) == (op == Op::eq);
      break;
    default: yes = ((raw(b) >> static_cast<int>(raw(a))) & 1) != 0;  // in
  }
  return yes ? unit() : Ray{};
}

Ray Linear::overlap(Ray at, Ray covered, Ray low, Ray high, bool, bool last) {
  const Ray end = add(at, covered, {}), top = last ? end : min(end, high, {}), bottom = max(at, low, {});
  return positive(sub(top, bottom, {}));
}

void Linear::locate(Ray v, std::int64_t bound) {
  if (v.slope != 0) meet(v, {bound * fixed_point, 0}, true);
}

void Linear::ratio_used(const LayerPlan& layer, Ray ratio) {
  const std::size_t index = layer.reg;  // its registers are its own
  if (ratios_.size() <= index) ratios_.resize(index + 1);
  RatioRange& range = ratios_[index];
  const Wide value = ratio.at / fixed_point;
  range.low = range.any ? std::min(range.low, value) : value;
  range.high = range.any ? std::max(range.high, value) : value;
  range.any = true;
}

bool Linear::below(Ray a, Ray b) {
  meet(a, b, true);
  return a.at < b.at;
}

// The lower of two, and of two equal ones that which will be lower.
bool Linear::lower_is_first(Ray a, Ray b) {
  meet(a, b, false);
  return a.at != b.at ? a.at < b.at : a.slope < b.slope;
}

void Linear::meet(Ray a, Ray b, bool can_jump) {
  const Wide slope = a.slope - b.slope, gap = b.at - a.at;
  if (slope == 0) return;
  Meeting meeting;
  if (gap != 0) {
    if ((gap > 0) != (slope > 0)) return;  // they drift apart
    const Wide distance = gap / slope;
    if (distance > far_away) return;
    meeting.distance = static_cast<std::int64_t>(distance);
  } else if (!can_jump) {
    return;  // a bend here: the slopes to the right were taken
  }
  if (b.slope == 0)
    meeting.constant = raw(b);
  else if (a.slope == 0)
    meeting.constant = raw(a);
  note(nearest_, meeting);
  if (can_jump) note(switch_, meeting);
}

void Linear::note(std::optional<Meeting>& kept, const Meeting& meeting) {
  if (!kept || meeting.distance < kept->distance)
    kept = meeting;
  else if (meeting.distance == kept->distance && !kept->constant)
    kept = meeting;
}

}  // namespace fenming
