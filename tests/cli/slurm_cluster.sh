# Sourced after support.sh by the tests that need Slurm: brings up a controller and two nodes on this machine, all of them
# processes of this test in a folder of its own, on ports that are free, and ends them by their pid files.

cluster=$work/slurm

# Why there can be no cluster here, or nothing.
no_cluster() {
  local program
  [[ $(id -u) == 0 ]] || { echo "Slurm's daemons need root"; return; }
  for program in munged slurmctld slurmd sbatch squeue scancel scontrol; do
    [[ -n $(PATH=$PATH:/usr/sbin command -v $program) ]] || { echo "$program is not installed (apt-get install slurm-wlm munge)"; return; }
  done
}

free_ports() {
  python3 -c 'import socket
held = [socket.socket() for _ in range(3)]
for one in held: one.bind(("127.0.0.1", 0))
print(*(one.getsockname()[1] for one in held))'
}

start_controller() { slurmctld -f "$cluster/slurm.conf"; }
start_node() { slurmd -N "$1" -f "$cluster/slurm.conf"; }
# end_by_file FILE [SIGNAL]
end_by_file() {
  local pid
  [[ -f $1 ]] || return 0
  pid=$(cat "$1")
  kill "-${2:-TERM}" "$pid" 2>/dev/null || return 0
  for ((i = 0; i < 100; ++i)); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
}
nodes_idle() { (($(sinfo -h -N -t idle -o %N 2>/dev/null | wc -l) == 2)); }

start_cluster() {
  local host controller n1 n2
  export PATH=$PATH:/usr/sbin
  host=$(hostname -s)
  read -r controller n1 n2 < <(free_ports)
  mkdir -p "$cluster"/{state,spool.n1,spool.n2}
  mkdir -m 0700 "$cluster/munge"
  chmod 755 "$work"
  head -c 1024 /dev/urandom >"$cluster/munge/key"
  chmod 0400 "$cluster/munge/key"
  cat >"$cluster/slurm.conf" <<CONF
ClusterName=t
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$cluster/munge/sock
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool.%n
SlurmctldPidFile=$cluster/controller.pid
SlurmdPidFile=$cluster/node.%n.pid
SlurmctldLogFile=$cluster/controller.log
SlurmdLogFile=$cluster/node.%n.log
SlurmctldPort=$controller
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
SlurmdTimeout=10
MessageTimeout=5
KillWait=2
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
MpiDefault=none
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$n1 CPUs=2 RealMemory=4000
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$n2 CPUs=2 RealMemory=4000
PartitionName=p Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$cluster/slurm.conf
  munged --key-file="$cluster/munge/key" --socket="$cluster/munge/sock" --pid-file="$cluster/munge/pid" \
    --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed" --force 2>/dev/null || true
  start_controller || true
  start_node n1 || true
  start_node n2 || true
  until_true 60 nodes_idle || skip "Slurm's nodes do not come up on this machine: $(tail -n 5 "$cluster"/*.log)"
}

stop_cluster() {
  scancel --user=root 2>/dev/null || true
  end_by_file "$cluster/node.n1.pid"
  end_by_file "$cluster/node.n2.pid"
  end_by_file "$cluster/controller.pid"
  end_by_file "$cluster/munge/pid"
}
