package import Deliveries
package import Journal
internal import StrictJSON

/// The response to one item of a run, or the reason why there was no response, as stored in the run's file.
package struct RunResponse: Sendable, Equatable {
    package let item: Int
    package let delivery: DeliveryID
    package let startedAt: Timestamp
    package let method: String
    /// The URL without user name, password, query and fragment.
    package let url: String
    package let durationMilliseconds: Int64
    package let outcome: ReplayRecord.Outcome
    package var isSentAgain = false
    package var changes: [String] = []
    /// The content of the response. Nil if there was no response, if the content was erased when the delivery was
    /// pruned, or if the run's file is full.
    package var content: Content?

    /// The headers and body of a response.
    package struct Content: Sendable, Equatable {
        /// The maximum number of bytes of a body to keep, after decoding.
        package static let bodyByteCountLimit = 64 * 1024
        /// The maximum number of headers to keep.
        package static let headerCountLimit = 100
        package static let headerByteCountLimit = 16 * 1024

        package let headers: [HeaderField]
        /// The body as text; nil if it is not text.
        package let text: String?
        /// True if the body is longer than `text`.
        package let isCut: Bool
        /// The change of the request as lines, including values.
        package var difference: [String] = []
    }

    package var status: Int? {
        if case .responded(let status, _, _) = outcome { status } else { nil }
    }

    package init(
        item: Int, delivery: DeliveryID, startedAt: Timestamp, method: String, url: String,
        durationMilliseconds: Int64, outcome: ReplayRecord.Outcome
    ) {
        self.item = item
        self.delivery = delivery
        self.startedAt = startedAt
        self.method = method
        self.url = url
        self.durationMilliseconds = durationMilliseconds
        self.outcome = outcome
    }

    /// The reason why the replay counts as failed; nil if the receiver accepted the delivery.
    package func failure(_ expected: ExpectedStatuses) -> String? {
        switch outcome {
        case .failed(let reason): reason
        case .responded(let status, _, _): expected.contains(status) ? nil : "response \(status)"
        }
    }

    package func record(run: Int64) -> ReplayRecord {
        ReplayRecord(
            deliveryID: delivery, startedAt: startedAt, method: method, url: url,
            durationMilliseconds: durationMilliseconds, outcome: outcome,
            place: ReplayRecord.Place(run: run, item: item, isSentAgain: isSentAgain), changes: changes)
    }
}

// MARK: Lines of the file

extension RunResponse {
    /// The line in two parts: the fixed part, and the content, which can be erased.
    var line: (fixed: String, content: String) {
        var members: [JSONText.Member] = [
            .init("ended", .integer(Int64(item))), .init("delivery", .integer(delivery.rawValue)),
            .init("startedAt", .integer(startedAt.millisecondsSinceEpoch)), .init("method", .string(method)),
            .init("url", .string(url)),
            .init("durationMilliseconds", .integer(durationMilliseconds)),
        ]
        switch outcome {
        case .responded(let status, let byteCount, let digest):
            members += [
                .init("status", .integer(Int64(status))), .init("responseBytes", .integer(Int64(byteCount))),
                .init("responseSHA256", .string(Hex.encode(digest))),
            ]
        case .failed(let reason): members.append(.init("failure", .string(reason)))
        }
        if isSentAgain { members.append(.init("sentAgain", .boolean(true))) }
        if !changes.isEmpty { members.append(.init("changes", .array(changes.map { .string($0) }))) }
        let fixed = JSONText.object(members).compact
        guard let content else { return (fixed, "") }
        var parts: [JSONText.Member] = [
            .init("headers", .array(content.headers.map { .array([.string($0.name), .string($0.value)]) })),
            .init("text", .optional(content.text)),
        ]
        if content.isCut { parts.append(.init("cut", .boolean(true))) }
        if !content.difference.isEmpty {
            parts.append(.init("difference", .array(content.difference.map { .string($0) })))
        }
        return (fixed, JSONText.object(parts).compact)
    }

    /// Nil if the line is not a response.
    init?(line root: JSONValue) {
        func number(_ name: String) -> Int64? { root[name].flatMap { Int64($0.rawText) } }
        guard let item = number("ended").flatMap({ Int(exactly: $0) }), item >= 0, let delivery = number("delivery"),
            let startedAt = number("startedAt"), let duration = number("durationMilliseconds"),
            let method = root["method"]?.string, let url = root["url"]?.string
        else { return nil }
        let outcome: ReplayRecord.Outcome
        if let status = number("status").flatMap({ Int(exactly: $0) }) {
            outcome = .responded(
                status: status, responseByteCount: Int(clamping: number("responseBytes") ?? 0),
                responseSHA256: Hex.decode((root["responseSHA256"]?.string ?? "").utf8) ?? [])
        } else {
            outcome = .failed(root["failure"]?.string ?? "")
        }
        self.init(
            item: item, delivery: DeliveryID(rawValue: delivery),
            startedAt: Timestamp(millisecondsSinceEpoch: startedAt), method: method, url: url,
            durationMilliseconds: duration,
            outcome: outcome)
        isSentAgain = root["sentAgain"]?.boolean ?? false
        changes = Self.texts(root["changes"])
        guard let kept = root["content"] else { return }
        let headers = (kept["headers"].map { Array($0.elements) } ?? []).compactMap { pair -> HeaderField? in
            let parts = pair.elements.compactMap(\.string)
            return parts.count == 2 ? HeaderField(parts[0], parts[1]) : nil
        }
        content = Content(
            headers: headers, text: kept["text"]?.string, isCut: kept["cut"]?.boolean ?? false,
            difference: Self.texts(kept["difference"]))
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        value.map { $0.elements.compactMap(\.string) } ?? []
    }
}
