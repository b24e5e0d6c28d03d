// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QLabel;

namespace capsule {

/// A small line under a field for what is wrong with it. It keeps its height when empty, so that the form
/// does not jump while one types.
QLabel *problemLabel();

} // namespace capsule
