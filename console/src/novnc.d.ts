declare module '@novnc/novnc' {
  /** The VNC client: https://novnc.com/noVNC/docs/API.html */
  export default class RFB extends EventTarget {
    constructor(target: Element, url: string, options?: { wsProtocols?: string[] });
    scaleViewport: boolean;
    background: string;
    sendCtrlAltDel(): void;
    focus(): void;
    disconnect(): void;
  }
}
