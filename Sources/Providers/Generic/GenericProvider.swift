package import Deliveries
package import StrictJSON

/// A provider that a configuration describes: how it signs, and where its JSON has what an archive wants to know.
package struct GenericProvider: Provider {
    package let descriptor: ProviderDescriptor
    /// Nil where it signs nothing.
    package let scheme: HMACScheme?
    package let reading: GenericReading

    /// - Parameter name: `generic`, or `standard-webhooks` for what follows that specification.
    package init(name: String, scheme: HMACScheme?, reading: GenericReading) {
        self.scheme = scheme
        self.reading = reading
        self.descriptor = Self.descriptor(name: name, scheme: scheme)
    }

    package func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening {
        guard request.method == "GET" || request.method == "HEAD" else { return .delivery }
        return .handshake(.text(200, "Callbox is here. Deliveries come as POST.\n"), event: "connectivity test")
    }

    package func verify(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> OriginCheck {
        scheme?.check(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds) ?? .failed(.missing)
    }

    package func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        switch delivery.parsedBody() {
        case .failure(let error):
            return delivery.unrecognised(provider: name, problem: "the body is not JSON: \(error)")
        case .success(let document):
            let request = delivery.request
            guard let type = reading.type.text(in: request, document.root), (1...200).contains(type.utf8.count) else {
                return delivery.unrecognised(provider: name, problem: "there is no type at \(reading.type)")
            }
            var collector = FieldCollector()
            let id = reading.id?.text(in: request, document.root)
            if let reference = reading.id { collector.add(reference.fieldName, id) }
            for path in reading.fields { collector.add(path.lastName ?? path.text, path.value(in: document.root)) }
            collector.addExternalInfo(reading.externalInfo?.value(in: document.root))
            return ParsedDelivery(reports: [
                ReportContent(
                    provider: name, type: type, dedupeKey: id.map { DedupeKey.key("id", $0) } ?? delivery.bodyKey,
                    providerTime: reading.time.flatMap { $0.text(in: request, document.root) }.flatMap(Self.moment),
                    externalInfo: collector.externalInfo, fields: collector.fields, problem: collector.problem)
            ])
        }
    }

    /// RFC 3339, or Unix seconds or milliseconds.
    private static func moment(_ text: String) -> Timestamp? {
        Timestamp(rfc3339: text.utf8) ?? Timestamp(unixText: text)
    }
}

/// Where a generic delivery has what the archive indexes.
package struct GenericReading: Sendable, Equatable {
    /// What a route can name.
    package var type: Reference
    /// What tells a repeat from a new report; the body's hash where this is nil.
    package var id: Reference?
    /// The provider's own time.
    package var time: Reference?
    package var externalInfo: JSONPath?
    /// Further values to find reports by, each under the last name of its path.
    package var fields: [JSONPath] = []

    package init(type: Reference) {
        self.type = type
    }

    /// A place in the body or a header.
    package enum Reference: Sendable, Equatable, CustomStringConvertible {
        case body(JSONPath)
        case header(String)

        /// `$.type`, or `header:X-Event-Type`.
        package init?(_ text: String) {
            let prefix = "header:"
            if text.hasPrefix(prefix), text.count > prefix.count {
                self = .header(String(text.dropFirst(prefix.count)))
            } else if let path = JSONPath(text) {
                self = .body(path)
            } else {
                return nil
            }
        }

        package var description: String {
            switch self {
            case .body(let path): path.text
            case .header(let name): "header:\(name)"
            }
        }

        var fieldName: String {
            switch self {
            case .body(let path): path.lastName ?? path.text
            case .header(let name): name
            }
        }

        func text(in request: InboundRequest, _ root: JSONValue) -> String? {
            let text: String? =
                switch self {
                case .body(let path): path.value(in: root)?.scalarText
                case .header(let name): request.headers.onlyValue(named: name)
                }
            return text.flatMap { $0.isEmpty ? nil : $0 }
        }
    }
}
