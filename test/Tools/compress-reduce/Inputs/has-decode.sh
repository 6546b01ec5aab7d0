#!/bin/sh
# A module is interesting, and the status not 0, when it is valid and decodes.
! compress-opt "$1" 2>/dev/null | grep -q compress.decode
