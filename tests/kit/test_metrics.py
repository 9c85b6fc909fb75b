"""The text that Prometheus reads, word for word; and what counting costs."""

from frontdesk.kit.metrics import Counter, Gauge, Histogram, exposition


def test_counters_and_gauges_say_what_they_hold() -> None:
    """S3-13: labels are escaped, so that no value ends a line."""
    counter, gauge = Counter("sends_total", "Sends.", "channel"), Gauge("sockets", "Sockets.")
    counter.add('a"b\n\\')
    counter.add("sms", by=2)
    gauge.put(3)
    assert exposition([counter, gauge]) == (
        "# HELP sends_total Sends.\n# TYPE sends_total counter\n"
        'sends_total{channel="a\\"b\\n\\\\"} 1\nsends_total{channel="sms"} 2\n'
        "# HELP sockets Sockets.\n# TYPE sockets gauge\nsockets 3\n"
    )


def test_a_histogram_counts_upwards() -> None:
    """S3-13, S3-31: each bucket holds all that was faster; the bound itself belongs to its bucket."""
    histogram = Histogram("seconds", "Seconds.", "route")
    for seconds in (0.0005, 0.001, 0.3, 99):
        histogram.observe(seconds, "/v1")
    lines = list(histogram.lines())
    assert lines[:2] == ["# HELP seconds Seconds.", "# TYPE seconds histogram"]
    assert lines[2] == 'seconds_bucket{route="/v1",le="0.001"} 2'
    assert 'seconds_bucket{route="/v1",le="0.25"} 2' in lines
    assert 'seconds_bucket{route="/v1",le="0.5"} 3' in lines
    assert lines[-3:] == [
        'seconds_bucket{route="/v1",le="+Inf"} 4',
        'seconds_sum{route="/v1"} 99.3015',
        'seconds_count{route="/v1"} 4',
    ]
