// A store in a PostgreSQL database: the same tables as the embedded one (docs/tables.md), in a schema of the shard. One server owns the
// shard at a time (laws.md 11).
#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace fenming {

struct PostgresOptions {
  std::string connection;       // as libpq takes it: "host=... dbname=... user=..."
  std::string schema = "main";  // of the shard; made when absent
  // Strictly: the server must have a synchronous standby that confirms before a commit is answered, else nothing is appended
  // (Code::store_no_standby). False: this one server's disk is enough.
  bool needs_standby = true;
};

// Takes the shard over: the epoch in its head row goes up by one, and whoever owned it before is refused (Code::store_lost).
Result<std::unique_ptr<Store>> open_postgres(const PostgresOptions& options);

// Loads a copy that Store::backup made in the folder `from` into the schema of `options`, which must not be there yet.
Result<void> restore_postgres(const std::string& from, const PostgresOptions& options);

}  // namespace fenming
