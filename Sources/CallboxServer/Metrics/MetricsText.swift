/// Writes metrics in the Prometheus text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
struct MetricsText {
    typealias Labels = KeyValuePairs<String, String>

    enum Kind: String {
        case counter, gauge, histogram
    }

    private(set) var text = ""

    /// Writes one metric with all its series.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ series: (inout Series) -> Void) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        var writer = Series(name: name)
        series(&writer)
        text += writer.text
    }

    /// Writes a metric that has a single series.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help) { $0.add([:], value) }
    }

    mutating func add(_ name: String, _ help: String, _ histogram: Histogram) {
        add(name, .histogram, help) { $0.add(histogram) }
    }

    /// Writes the series of one metric.
    struct Series {
        let name: String
        fileprivate(set) var text = ""

        fileprivate init(name: String) {
            self.name = name
        }

        mutating func add(_ labels: Labels, _ value: Double) {
            line("", labels.map { ($0.key, $0.value) }, value)
        }

        mutating func add(_ histogram: Histogram) {
            var total = 0
            let counts = histogram.counts
            for (bound, count) in zip(Histogram.bounds, counts) {
                total += count
                line("_bucket", [("le", Self.number(bound))], Double(total))
            }
            total += counts.last ?? 0
            line("_bucket", [("le", "+Inf")], Double(total))
            line("_sum", [], histogram.sum)
            line("_count", [], Double(total))
        }

        private mutating func line(_ suffix: String, _ labels: [(String, String)], _ value: Double) {
            let pairs = labels.map { "\($0)=\"\(Self.escape($1))\"" }.joined(separator: ",")
            text += "\(name)\(suffix)\(pairs.isEmpty ? "" : "{\(pairs)}") \(Self.number(value))\n"
        }

        private static func escape(_ text: String) -> String {
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        }

        /// Formats a number; whole numbers have no fraction.
        private static func number(_ value: Double) -> String {
            Int64(exactly: value).map { "\($0)" } ?? "\(value)"
        }
    }
}
