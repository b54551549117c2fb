package import Deliveries

/// A delivery was sent again.
package struct ReplayRecord: Sendable, Equatable, Codable {
    package let deliveryID: DeliveryID
    package let startedAt: Timestamp
    package let method: String
    /// The target URL without user name, password, query and fragment, because these can be credentials.
    package let url: String
    package let durationMilliseconds: Int64
    package let outcome: Outcome
    /// The run and the item of this replay. Nil if the replay does not belong to a run.
    package let place: Place?
    /// The stored form of `changes`; nil if there are none.
    private let changed: [String]?

    /// The parts that were changed on request, such as `$.status`, `body` or `header X-Trace`. Never contains values.
    package var changes: [String] { changed ?? [] }

    /// A run, and the item of the run that was sent.
    package struct Place: Sendable, Equatable, Codable {
        /// The position of the `ReplayRunRecord`.
        package let run: Int64
        /// The index of the item in the order of sending, from 0.
        package let item: Int
        /// The stored form of `isSentAgain`; nil unless it is true.
        private let again: Bool?

        /// True if the item may have arrived twice. After an interruption, it was unknown if the item had been sent, so
        /// Callbox sent it again.
        package var isSentAgain: Bool { again ?? false }

        package init(run: Int64, item: Int, isSentAgain: Bool = false) {
            self.run = run
            self.item = item
            self.again = isSentAgain ? true : nil
        }
    }

    package enum Outcome: Sendable, Equatable {
        /// The target responded.
        ///
        /// - Parameter responseSHA256: 32 bytes.
        case responded(status: Int, responseByteCount: Int, responseSHA256: [UInt8])
        /// There was no response. The value is the reason.
        case failed(String)
    }

    package init(
        deliveryID: DeliveryID, startedAt: Timestamp, method: String, url: String, durationMilliseconds: Int64,
        outcome: Outcome, place: Place? = nil, changes: [String] = []
    ) {
        self.deliveryID = deliveryID
        self.startedAt = startedAt
        self.method = method
        self.url = url
        self.durationMilliseconds = durationMilliseconds
        self.outcome = outcome
        self.place = place
        self.changed = changes.isEmpty ? nil : changes
    }
}

extension ReplayRecord.Outcome: Codable {
    private enum CodingKeys: String, CodingKey {
        case status
        case byteCount
        /// Encoded as hexadecimal text, because writing an array of numbers takes longer than the rest of the record.
        case sha256
        case failure
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .responded(let status, let byteCount, let digest):
            try container.encode(status, forKey: .status)
            try container.encode(byteCount, forKey: .byteCount)
            try container.encode(Hex.encode(digest), forKey: .sha256)
        case .failed(let reason): try container.encode(reason, forKey: .failure)
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let reason = try container.decodeIfPresent(String.self, forKey: .failure) {
            self = .failed(reason)
            return
        }
        guard let digest = Hex.decode(try container.decode(String.self, forKey: .sha256).utf8) else {
            throw DecodingError.dataCorruptedError(forKey: .sha256, in: container, debugDescription: "not hexadecimal")
        }
        self = .responded(
            status: try container.decode(Int.self, forKey: .status),
            responseByteCount: try container.decode(Int.self, forKey: .byteCount), responseSHA256: digest)
    }
}

/// A replay run was started. This record precedes the first request; its position is the ID of the run.
package struct ReplayRunRecord: Sendable, Equatable, Codable {
    package let startedAt: Timestamp
    /// The target URL without user name, password, query and fragment.
    package let url: String
    package let deliveryCount: Int
    /// The number of requests: deliveries times repetitions.
    package let itemCount: Int
    /// The total length of the bodies as they arrived. Each body counts once.
    package let byteCount: Int64
    /// The options as shell words, without values that can be credentials.
    package let options: String

    package init(
        startedAt: Timestamp, url: String, deliveryCount: Int, itemCount: Int, byteCount: Int64, options: String
    ) {
        self.startedAt = startedAt
        self.url = url
        self.deliveryCount = deliveryCount
        self.itemCount = itemCount
        self.byteCount = byteCount
        self.options = options
    }
}

/// A replay run was resumed, paused or ended.
package struct ReplayRunChangeRecord: Sendable, Equatable, Codable {
    package enum Change: Sendable, Equatable, Codable {
        /// The run was resumed after an interruption. The run sends `uncertainItems` again, because they were started
        /// but have no result.
        case resumed(uncertainItems: [Int])
        /// The run was stopped and can be resumed.
        case paused
        case ended
    }

    /// The position of the `ReplayRunRecord`.
    package let run: Int64
    package let at: Timestamp
    package let change: Change

    package init(run: Int64, at: Timestamp, change: Change) {
        self.run = run
        self.at = at
        self.change = change
    }
}
