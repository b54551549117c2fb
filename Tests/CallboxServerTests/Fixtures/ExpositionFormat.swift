/// Checks text in the Prometheus text format 0.0.4 strictly, with the rules of `promtool check metrics`.
enum ExpositionFormat {
    struct Fault: Error {
        let line: Int
        let text: String
    }

    /// The metric whose lines are being read.
    private struct Metric {
        let name: String
        var kind = ""
        var buckets: [(bound: String, count: Double)] = []
        var count: Double?
    }

    static func check(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Fault(line: 0, text: "no line break at the end") }
        var metric: Metric?
        var names: Set<String> = []
        var series: Set<String> = []
        for (number, line) in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            func fail(_ text: String) -> Fault { Fault(line: number + 1, text: "\(text): \(line)") }
            if line.hasPrefix("# HELP ") {
                try metric.map { try end($0, number) }
                let parts = line.split(separator: " ", maxSplits: 3)
                guard parts.count == 4, names.insert(String(parts[2])).inserted else { throw fail("HELP") }
                metric = Metric(name: String(parts[2]))
            } else if line.hasPrefix("# TYPE ") {
                let parts = line.split(separator: " ")
                guard parts.count == 4, metric?.name == String(parts[2]), metric?.kind == "",
                    ["counter", "gauge", "histogram"].contains(parts[3])
                else { throw fail("TYPE without its HELP") }
                metric?.kind = String(parts[3])
            } else {
                guard let match = line.wholeMatch(of: /([a-z_]+)(?:\{(.*)\})? (\S+)/), let value = Double(match.3),
                    let current = metric, !current.kind.isEmpty
                else { throw fail("not a sample of a metric with HELP and TYPE") }
                let labels = try labels(match.2.map(String.init) ?? "", number + 1)
                let suffix = match.1.dropFirst(current.name.count)
                guard match.1.hasPrefix(current.name),
                    (current.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]).contains(suffix)
                else { throw fail("wrong name") }
                guard series.insert(String(match.1) + labels.map { "\($0)=\($1)" }.sorted().joined()).inserted else {
                    throw fail("duplicate series")
                }
                if suffix == "_bucket" { metric?.buckets.append((labels.first { $0.0 == "le" }?.1 ?? "", value)) }
                if suffix == "_count" { metric?.count = value }
            }
        }
        try metric.map { try end($0, 0) }
    }

    /// Checks a metric after its last line.
    private static func end(_ metric: Metric, _ line: Int) throws {
        func fail(_ text: String) -> Fault { Fault(line: line, text: "\(metric.name): \(text)") }
        let isCounter = metric.kind == "counter"
        guard metric.name.hasSuffix("_total") == isCounter else { throw fail("_total is for counters") }
        for unit in ["_ms", "_milliseconds", "_microseconds", "_kilobytes", "_megabytes", "_percent"]
        where metric.name.hasSuffix(unit) { throw fail("not a base unit") }
        guard metric.kind == "histogram" else { return }
        let counts = metric.buckets.map(\.count)
        guard counts == counts.sorted(), metric.buckets.last?.bound == "+Inf", metric.count == counts.last else {
            throw fail("buckets do not add up")
        }
        let bounds = metric.buckets.compactMap { $0.bound == "+Inf" ? .infinity : Double($0.bound) }
        guard bounds.count == counts.count, bounds == bounds.sorted() else { throw fail("bounds are not sorted") }
    }

    private static func labels(_ text: String, _ line: Int) throws -> [(String, String)] {
        var rest = text[...]
        var labels: [(String, String)] = []
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /([a-z_]+)="((?:[^"\\]|\\\\|\\"|\\n)*)"(,|$)/),
                !labels.contains(where: { $0.0 == match.1 })
            else { throw Fault(line: line, text: "labels: \(text)") }
            labels.append((String(match.1), String(match.2)))
            rest = rest[match.range.upperBound...]
        }
        return labels
    }
}
