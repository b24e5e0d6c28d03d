// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/sessionstate.h"

#include <QIcon>

namespace capsule {

/// An icon of resources/icons/symbolic by its name ("terminal-new"), drawn in the palette's text colour
/// whenever it is painted, so that it fits light and dark, disabled and selected, at every scale.
QIcon symbolicIcon(const QString &name);
/// The program's own icon, from the icon theme or our copy.
QIcon applicationIcon();
/// For an agent: our drawing for its icon name, the icon theme's, or a general one.
QIcon agentIcon(const QString &name);
/// A dot in the state's colour.
QIcon stateIcon(SessionState state);

} // namespace capsule
