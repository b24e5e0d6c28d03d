// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace capsule {

/// Is this JSON text nested deeper than `levels`? Asked before parsing: Qt's parser allows 1024 levels, and
/// counting brackets outside of strings costs one pass over the bytes.
bool isNestedDeeper(QByteArrayView json, int levels);

} // namespace capsule
