internal import NIOCore
internal import NIOPosix

/// The reason why the listener cannot open. The only error of this module.
package enum ListenError: Error, Equatable, CustomStringConvertible {
    case addressInUse
    case notPermitted
    case addressNotAvailable
    case other(String)
    /// A file of the TLS settings cannot be used. Messages append `reason` to the name of the file.
    case certificate(file: String, reason: String)

    package var description: String {
        switch self {
        case .addressInUse: "another program listens there"
        case .notPermitted: "permission denied"
        case .addressNotAvailable: "not an address of this machine"
        case .other(let reason): reason
        case .certificate(let file, let reason): "\(file) \(reason)"
        }
    }

    init(_ error: any Error) {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .addressInUse
        case EACCES, EPERM: self = .notPermitted
        case EADDRNOTAVAIL: self = .addressNotAvailable
        default: self = .other("\(error)")
        }
    }
}
