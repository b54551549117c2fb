package import Deliveries
internal import Foundation
package import ReportIndex

/// Why a delivery cannot be replayed.
package enum ReplayError: Error, Equatable {
    /// The URL is not `http://host…` or `https://host…`, or its port does not exist.
    case notHTTP(url: String)
    case noDelivery(DeliveryID)
}

/// A request made from an archived delivery, ready to be sent again: the method, the body and the headers as they came.
package struct ReplayPlan: Sendable, Equatable {
    package let deliveryID: DeliveryID
    package let method: String
    /// Where it goes, query included.
    package let url: String
    package let headers: [HeaderField]
    package let body: [UInt8]

    /// - Parameter url: where to send it. It is used as it is; where it has no query, the delivery's own is added, for a
    ///   redirect says everything there.
    package init(_ delivery: ArchivedDelivery, to url: String) throws(ReplayError) {
        guard let components = URLComponents(string: url), let scheme = components.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = components.host, !host.isEmpty,
            (1...65_535).contains(components.port ?? 80)
        else { throw .notHTTP(url: url) }
        var target = url.prefix { $0 != "#" }
        if components.query == nil, let query = delivery.request.target.query { target += "?\(query)" }
        self.deliveryID = delivery.id
        self.method = delivery.request.method
        self.url = String(target)
        self.headers = Self.endToEnd(delivery.request.headers)
        self.body = delivery.request.body
    }

    /// The URL as it is shown to whoever typed it: without user name and password.
    package var urlWithoutPassword: String {
        guard var components = URLComponents(string: url) else { return "" }
        components.user = nil
        components.password = nil
        return components.string ?? ""
    }

    /// The URL as logs and the archive may have it: without user name, password, query and fragment.
    package var urlWithoutCredentials: String {
        guard var components = URLComponents(string: url) else { return "" }
        components.user = nil
        components.password = nil
        components.query = nil
        components.fragment = nil
        return components.string ?? ""
    }

    /// Headers that belong to one connection (RFC 9110 §7.6.1) or that the new one says for itself.
    private static let connectionHeaders = [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Expect",
    ]

    private static func endToEnd(_ headers: HeaderFields) -> [HeaderField] {
        let named = headers.values(named: "Connection").flatMap { value in
            value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return headers.fields.filter { field in
            !(connectionHeaders + named).contains { field.name.matchesIgnoringASCIICase($0) }
        }
    }
}

extension ReplayPlan {
    /// The plan for a delivery of an archive; nil if retention removed its body.
    ///
    /// - Throws: `ReplayError`, `ArchiveError`.
    package static func plan(for id: DeliveryID, in reader: ArchiveReader, to url: String) throws -> ReplayPlan? {
        guard let kept = try reader.keptDelivery(id) else { throw ReplayError.noDelivery(id) }
        return kept.pruningReason == nil ? try ReplayPlan(kept.delivery, to: url) : nil
    }
}
