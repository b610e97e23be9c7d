#!/usr/bin/python3
"""A login manager, and on request a network manager, for tests on a bus of their own.

Locks work as logind's do: a descriptor is handed out, and the lock is over when nobody holds it any more. Sleep is
announced on command; it begins when no delay lock is left or the longest delay is over. Everything that happens is kept
in order, with the time in nanoseconds, for tests to read.
"""

import json
import os
import sys
import time

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

LOGIN = 'org.freedesktop.login1'
NETWORK = 'org.freedesktop.NetworkManager'
CONTROL = 'dev.stillpoint.Test'


class InProgress(dbus.DBusException):
    _dbus_error_name = 'org.freedesktop.login1.OperationInProgress'


class Denied(dbus.DBusException):
    _dbus_error_name = 'org.freedesktop.DBus.Error.AccessDenied'


class LoginManager(dbus.service.Object):
    def __init__(self, bus):
        self.locks = {}
        self.events = []
        self.preparing = False
        self.delay_us = 5_000_000
        self.denies = False
        self.deaf = False
        self.timer = None
        super().__init__(bus, '/org/freedesktop/login1')

    def tell(self, what, **more):
        self.events.append({'what': what, 'wallNs': str(time.time_ns()), **more})

    @dbus.service.method(LOGIN + '.Manager', in_signature='ssss', out_signature='h')
    def Inhibit(self, what, who, why, mode):
        if self.denies:
            raise Denied('not permitted')
        if self.preparing and mode == 'delay' and 'sleep' in what.split(':'):
            self.tell('refused', lock=str(what))
            raise InProgress('The operation inhibition has been requested for is already running')
        read_end, write_end = os.pipe()
        lock = {'what': str(what), 'who': str(who), 'why': str(why), 'mode': str(mode)}
        self.locks[read_end] = lock
        self.tell('held', lock=lock['what'], mode=lock['mode'])
        GLib.io_add_watch(read_end, GLib.IO_HUP, self.released)
        handed = dbus.types.UnixFd(write_end)
        os.close(write_end)
        return handed

    def released(self, read_end, _condition):
        lock = self.locks.pop(read_end)
        os.close(read_end)
        self.tell('released', lock=lock['what'], mode=lock['mode'])
        self.sleep_if_due()
        return False

    def is_delayed(self):
        return any(lock['mode'] == 'delay' and 'sleep' in lock['what'] for lock in self.locks.values())

    def sleep_if_due(self):
        if not self.preparing or self.timer is None or self.is_delayed():
            return
        GLib.source_remove(self.timer)
        self.sleep('in-order')

    def sleep(self, how):
        self.timer = None
        self.tell('slept', how=how)
        return False

    @dbus.service.signal(LOGIN + '.Manager', signature='b')
    def PrepareForSleep(self, start):
        pass

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='ss', out_signature='v', async_callbacks=('answer', 'fail'))
    def Get(self, _interface, name, answer, fail):
        if self.deaf:
            return
        values = {
            'PreparingForSleep': dbus.Boolean(self.preparing),
            'InhibitDelayMaxUSec': dbus.UInt64(self.delay_us),
        }
        if name in values:
            answer(values[name])
        else:
            fail(dbus.DBusException('no such property'))

    @dbus.service.method(CONTROL, in_signature='s', out_signature='s')
    def Do(self, text):
        """One command as JSON; answers with JSON."""
        command = json.loads(text)
        name = command['do']
        if name == 'announce':
            self.preparing = True
            self.tell('announced')
            self.PrepareForSleep(True)
            self.timer = GLib.timeout_add(self.delay_us // 1000, self.sleep, 'in-spite')
            self.sleep_if_due()
        elif name == 'wake':
            self.preparing = False
            self.PrepareForSleep(False)
        elif name == 'set':
            for key, value in command['values'].items():
                setattr(self, key, value)
        elif name == 'forget':
            self.events.clear()
        return json.dumps({'locks': list(self.locks.values()), 'events': self.events})


class NetworkManager(dbus.service.Object):
    def __init__(self, bus, metered):
        self.metered = metered
        super().__init__(bus, '/org/freedesktop/NetworkManager')

    @dbus.service.method(dbus.PROPERTIES_IFACE, in_signature='ss', out_signature='v')
    def Get(self, _interface, name):
        if name != 'Metered':
            raise dbus.DBusException('no such property')
        return dbus.UInt32(self.metered)


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.bus.BusConnection(os.environ['DBUS_SYSTEM_BUS_ADDRESS'])
    keep = []
    for role in sys.argv[1:]:
        if role == 'logind':
            keep.append(LoginManager(bus))
            keep.append(dbus.service.BusName(LOGIN, bus))
        elif role.startswith('metered='):
            keep.append(NetworkManager(bus, int(role.split('=')[1])))
            keep.append(dbus.service.BusName(NETWORK, bus))
    print('ready', flush=True)
    GLib.MainLoop().run()


main()
