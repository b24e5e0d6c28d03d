# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians, 95th percentiles and ratios."""
import math
import statistics


def p95(samples):
    ordered = sorted(samples)
    return ordered[max(0, math.ceil(0.95 * len(ordered)) - 1)]


def compare(ours, peer, against="", **more):
    """Ratio above 1: ours is that many times faster than the peer."""
    return {
        "ratio": round(statistics.median(peer) / statistics.median(ours), 3),
        "ratio_p95": round(p95(peer) / p95(ours), 3),
        "ours_ms": round(statistics.median(ours), 3),
        "ours_p95_ms": round(p95(ours), 3),
        "peer_ms": round(statistics.median(peer), 3),
        "peer_p95_ms": round(p95(peer), 3),
        "samples": len(ours),
        "peer": against,
        **more,
    }


def show(name, result):
    print(f"\n{name}")
    if "ratio" in result:
        print(f"  {'':8} {'median':>12} {'p95':>12}")
        print(f"  {'Capsule':8} {result['ours_ms']:>9.2f} ms {result['ours_p95_ms']:>9.2f} ms")
        print(f"  {'peer':8} {result['peer_ms']:>9.2f} ms {result['peer_p95_ms']:>9.2f} ms   {result['peer']}")
        print(f"  {'ratio':8} {result['ratio']:>12.2f} {result['ratio_p95']:>12.2f}   ({result['samples']} samples each)")
    skip = {"ratio", "ratio_p95", "ours_ms", "ours_p95_ms", "peer_ms", "peer_p95_ms", "samples", "peer"}
    for key, value in result.items():
        if key not in skip:
            print(f"  {key.replace('_', ' ')}: {value}")
    print(flush=True)
