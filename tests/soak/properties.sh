#!/bin/sh
# A million random bills on every region (tests/properties).
exec tests/properties/run.sh 1000000 "$FENMING_SOAK_DIR/regions"
