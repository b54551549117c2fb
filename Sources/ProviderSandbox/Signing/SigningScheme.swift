/// How a recorded request proves where it comes from, read off its headers.
package enum SigningScheme: Sendable, Equatable {
    case klavi
    case certnLegacy
    case certnCentric
    case certificallHMAC
    case certificallBearer
    case certificallBasic

    /// Nil where nothing is signed: browser redirects, handshakes.
    package init?(of sample: SampleCase) {
        let headers = sample.request.headers
        switch sample.provider {
        case "klavi" where headers.firstValue(of: KlaviSignature.header) != nil: self = .klavi
        case "certn" where headers.firstValue(of: CertnLegacySignature.header) != nil: self = .certnLegacy
        case "certn" where headers.firstValue(of: CertnCentricSignature.header) != nil: self = .certnCentric
        case "certificall":
            guard let value = headers.firstValue(of: CertificallAuthorization.header) else { return nil }
            if value.hasPrefix(CertificallAuthorization.hmacPrefix) {
                self = .certificallHMAC
            } else if value.hasPrefix(CertificallAuthorization.bearerPrefix) {
                self = .certificallBearer
            } else if value.hasPrefix(CertificallAuthorization.basicPrefix) {
                self = .certificallBasic
            } else {
                return nil
            }
        default: return nil
        }
    }

    /// The file in the secrets folder that signs; nil where the recorded value is sent as it is.
    package var secretName: SecretName? {
        switch self {
        case .klavi: .klavi
        case .certnLegacy: .certnLegacy
        case .certnCentric: .certnCentric
        case .certificallHMAC: .certificallHMAC
        case .certificallBearer, .certificallBasic: nil
        }
    }
}
