package import Deliveries

/// The time of sending in the headers of a request.
package struct SenderTime: Sendable {
    package let header: String
    package let time: Timestamp
    /// True if the signature covers the time. Otherwise the time is only a hint.
    package let isSigned: Bool
}

extension ProviderDescriptor {
    package func senderTime(in headers: HeaderFields) -> SenderTime? {
        if let (header, time) = schemes.lazy.compactMap({ $0.hmac?.signedTime(in: headers) }).first {
            return SenderTime(header: header, time: time, isSigned: true)
        }
        guard let header = unsignedTimeHeader, let text = headers.onlyValue(named: header),
            let time = Timestamp(unixText: text)
        else { return nil }
        return SenderTime(header: header, time: time, isSigned: false)
    }
}

extension ProviderCatalog {
    package func senderTime(in headers: HeaderFields) -> SenderTime? {
        descriptors.lazy.compactMap { $0.senderTime(in: headers) }.first
    }
}
