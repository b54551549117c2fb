package import Analysis
package import Deliveries
internal import Foundation
internal import Journal
internal import StrictJSON

/// Compares the responses of two runs, one delivery at a time.
package struct RunComparison {
    /// A difference between two responses.
    package enum Difference {
        /// The statuses, such as `200`, or the reasons why there was no response.
        case result(before: String, after: String)
        case json(JSONDifference)
        /// The digests of the bodies differ, and at least one body cannot be compared as JSON, because it is not JSON
        /// or was cut.
        case body
        /// Only one run sent the item. `isFirst` is true if only the first run sent the item.
        case missing(isFirst: Bool)
    }

    package struct Totals: Sendable, Equatable {
        /// The number of compared pairs of responses.
        package var comparedCount = 0
        package var differentCount = 0
        package var ignoredCount = 0
        package var times: [RunSummary] = [RunSummary(), RunSummary()]

        package var isDifferent: Bool { differentCount > 0 }
    }

    private let comparison: JSONComparison

    /// - Parameter ignored: the paths at which differences are ignored.
    package init(ignoring ignored: [IgnoredPath], matchesByPosition: Bool = false) {
        var comparison = JSONComparison()
        comparison.ignored = ignored
        comparison.matchesByPosition = matchesByPosition
        self.comparison = comparison
    }

    /// A delivery, and the index of a response among the delivery's responses in a run.
    private struct Key: Hashable {
        let delivery: DeliveryID
        let occurrence: Int
    }

    /// Passes each difference with its delivery, in the order of the first run. Memory use grows by some tens of bytes
    /// per response of the second run, regardless of the length of the response.
    package func forEachDifference(
        _ first: RunFolder, _ second: RunFolder, _ body: (DeliveryID, Difference) throws -> Void
    ) throws -> Totals {
        var totals = Totals()
        var places: [Key: Range<Int64>] = [:]
        var occurrences: [DeliveryID: Int] = [:]
        RunFileReader.forEach(second.responsesPath) { line, range in
            guard case .ended(let response) = line else { return }
            totals.times[1].add(response, bodyByteCount: 0, .success)
            places[Key(delivery: response.delivery, occurrence: occurrences[response.delivery, default: 0])] = range
            occurrences[response.delivery, default: 0] += 1
        }
        occurrences = [:]
        try RunFileReader.forEachResponse(first) { response in
            totals.times[0].add(response, bodyByteCount: 0, .success)
            let key = Key(delivery: response.delivery, occurrence: occurrences[response.delivery, default: 0])
            occurrences[response.delivery, default: 0] += 1
            guard let range = places.removeValue(forKey: key),
                let other = RunFileReader.response(second.responsesPath, at: range)
            else {
                totals.differentCount += 1
                return try body(response.delivery, .missing(isFirst: true))
            }
            totals.comparedCount += 1
            var isDifferent = false
            totals.ignoredCount += try compare(response, other) { difference in
                isDifferent = true
                try body(response.delivery, difference)
            }
            if isDifferent { totals.differentCount += 1 }
        }
        for key in places.keys.sorted(by: { ($0.delivery, $0.occurrence) < ($1.delivery, $1.occurrence) }) {
            totals.differentCount += 1
            try body(key.delivery, .missing(isFirst: false))
        }
        return totals
    }

    /// Compares two responses.
    ///
    /// - Returns: the number of ignored differences.
    func compare(_ one: RunResponse, _ other: RunResponse, _ body: (Difference) throws -> Void) rethrows -> Int {
        if one.resultText != other.resultText {
            try body(.result(before: one.resultText, after: other.resultText))
        }
        guard case .responded(_, _, let digest) = one.outcome, case .responded(_, _, let otherDigest) = other.outcome,
            digest != otherDigest
        else { return 0 }
        guard let before = one.document, let after = other.document else {
            try body(.body)
            return 0
        }
        return try comparison.forEachDifference(before.root, after.root) { try body(.json($0)) }
    }
}

extension RunResponse {
    /// The status, such as `200`, or the reason why there was no response.
    package var resultText: String {
        switch outcome {
        case .responded(let status, _, _): "\(status)"
        case .failed(let reason): reason
        }
    }

    /// The body as JSON; nil if it is not JSON or not complete.
    fileprivate var document: JSONDocument? {
        guard let content, !content.isCut, let text = content.text else { return nil }
        return try? JSONDocument(parsing: Array(text.utf8))
    }
}

extension RunFileReader {
    /// Reads the response at a range that `forEach` passed.
    static func response(_ path: String, at range: Range<Int64>) -> RunResponse? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: UInt64(range.lowerBound))) != nil,
            let bytes = try? file.read(upToCount: Int(range.count)),
            let root = try? JSONDocument(parsing: Array(bytes)).root
        else { return nil }
        return RunResponse(line: root)
    }
}

/// Describes the change of a body as lines for the run's file.
package enum BodyDifference {
    /// The maximum number of lines.
    private static let lineLimit = 200
    private static let characterLimit = 500

    /// The changes as lines such as `~ $.status "open" → "done"` for JSON, otherwise the lengths. Empty if the body is
    /// unchanged.
    package static func lines(_ before: [UInt8], _ after: [UInt8]) -> [String] {
        guard before != after else { return [] }
        guard let old = try? JSONDocument(parsing: before), let new = try? JSONDocument(parsing: after) else {
            return ["~ body: \(before.count) → \(after.count) bytes"]
        }
        var lines: [String] = []
        JSONComparison().forEachDifference(old.root, new.root) { difference in
            guard lines.count < lineLimit else { return }
            let line =
                switch difference.change {
                case .added(let value): "+ \(difference.path.text) \(value.rawText)"
                case .removed(let value): "- \(difference.path.text) \(value.rawText)"
                case .changed(let before, let after): "~ \(difference.path.text) \(before.rawText) → \(after.rawText)"
                }
            lines.append(String(line.prefix(characterLimit)))
        }
        return lines.isEmpty ? ["~ body: same JSON value, different bytes"] : lines
    }

    /// The paths that differ. The record of a replay contains these paths, but no values.
    package static func paths(_ before: [UInt8], _ after: [UInt8]) -> [String] {
        guard before != after, let old = try? JSONDocument(parsing: before), let new = try? JSONDocument(parsing: after)
        else { return before == after ? [] : ["body"] }
        var paths: [String] = []
        JSONComparison().forEachDifference(old.root, new.root) { difference in
            if paths.count < lineLimit { paths.append(difference.path.text) }
        }
        return paths.isEmpty ? ["body"] : paths
    }
}
