package import Deliveries
package import StrictJSON

/// A provider that a configuration describes: its signature scheme and the paths of the indexed values.
package struct GenericProvider: Provider {
    package let descriptor: ProviderDescriptor
    /// The signature scheme; nil if the provider does not sign.
    package let scheme: HMACScheme?
    package let reading: GenericReading

    /// - Parameter name: `generic` or `standard-webhooks`.
    package init(name: String, scheme: HMACScheme?, reading: GenericReading) {
        self.scheme = scheme
        self.reading = reading
        self.descriptor = Self.descriptor(name: name, scheme: scheme)
    }

    package func screen(_ request: InboundRequest, redirects: RedirectPolicy) -> Screening {
        ["GET", "HEAD"].contains(request.method) ? .connectivityTest : .delivery
    }

    package func verify(
        _ request: InboundRequest, with secrets: [Secret], toleranceMilliseconds: Int64
    ) -> OriginCheck {
        scheme?.check(request, with: secrets, toleranceMilliseconds: toleranceMilliseconds) ?? .failed(.missing)
    }

    package func parse(_ delivery: ArchivedDelivery) -> ParsedDelivery {
        let request = delivery.request
        let body = delivery.parsedBody()
        let root = (try? body.get())?.root
        let id = reading.id?.text(in: request, root)
        let key = id.map { DedupeKey.key("id", $0) } ?? delivery.bodyKey
        var problem: String?
        if case .failure(let error) = body, reading.readsBody { problem = delivery.notJSON(error) }
        let type = reading.type.map { $0.text(in: request, root) } ?? GenericReading.defaultType
        guard let type, (1...200).contains(type.utf8.count) else {
            return delivery.unrecognised(
                provider: name, problem: problem ?? "no type at \(reading.type?.description ?? "")", key: key)
        }
        var collector = FieldCollector(problem: problem)
        if let reference = reading.id { collector.add(reference.fieldName, id) }
        for path in reading.fields { collector.add(path.lastName ?? path.text, root.flatMap(path.value)) }
        collector.addExternalInfo(root.flatMap { reading.externalInfo?.value(in: $0) })
        let time = reading.time.flatMap { place in
            place.text(in: request, root).flatMap { collector.time(place.description, text: $0) }
        }
        return ParsedDelivery(reports: [
            ReportContent(
                provider: name, type: type, dedupeKey: key,
                providerTime: time,
                externalInfo: collector.externalInfo, fields: collector.fields, problem: collector.problem)
        ])
    }
}

/// The paths and headers of the indexed values in a generic delivery.
package struct GenericReading: Sendable, Equatable {
    /// The type of every report if the configuration does not name a location.
    static let defaultType = "delivery"

    /// The location of the type, which selects the route.
    package var type: Reference?
    /// The location of the ID that identifies repeats; nil to use the hash of the body.
    package var id: Reference?
    /// The location of the provider's time.
    package var time: Reference?
    package var externalInfo: JSONPath?
    /// The paths of additional indexed values. The last name in a path is the name of the field.
    package var fields: [JSONPath] = []

    package init(type: Reference? = nil) {
        self.type = type
    }

    /// True if any value is read from the body, which must then be JSON.
    var readsBody: Bool {
        externalInfo != nil || !fields.isEmpty
            || [type, id, time].contains { if case .body = $0 { true } else { false } }
    }

    /// The location of a value: a path in the body, or a header.
    package enum Reference: Sendable, Equatable, CustomStringConvertible {
        case body(JSONPath)
        case header(String)

        /// Parses `$.type` or `header:X-Event-Type`.
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

        func text(in request: InboundRequest, _ root: JSONValue?) -> String? {
            let text: String? =
                switch self {
                case .body(let path): root.flatMap(path.value)?.scalarText
                case .header(let name):
                    request.headers.onlyValue(named: name)
                        ?? HMACScheme.svixName(name).flatMap { request.headers.onlyValue(named: $0) }
                }
            return text.flatMap { $0.isEmpty ? nil : $0 }
        }
    }
}
