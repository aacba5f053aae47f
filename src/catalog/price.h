// Pricing: what the catalogue knows about the items of a bill is put into its lines; what the provider wrote
// stays.
#pragma once

#include "catalog/catalogue.h"
#include "model/bill.h"

namespace fenming {

// Fills class, kind, source, name and listed_limit (unit limit x quantity, half up) of every line that names
// an item, by the version of the line's date. An item that the catalogue does not hold is an error (its last detail is the line's id)
// where the line has no class of its own. An original line with refunds gets the limit of what is left of its quantity,
// as it is assessed with its net amount.
Checked<Bill> price(const Catalogue& catalogue, Bill bill);

}  // namespace fenming
