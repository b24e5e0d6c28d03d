// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QTermWidget;

/// QTermWidget's search bar works well but looks unfinished, and hands out no way to reach it.
namespace capsule {

void polishSearchBar(QTermWidget *terminal);
/// Opens it, or goes to it; closes it when the focus is in it. A short selection becomes what is looked for.
void toggleSearch(QTermWidget *terminal);

} // namespace capsule
